"""The screens, in rooms of the same names as those of the bridge. A view asks the bridge and fills a template; what changes
something becomes a job. Beside the rooms stands what each screen has: showing.py (who looks, the year, the menu), bar.py (the
choices above a page) and jobs.py (starting work, and waiting for it).
"""
