"""The screens: one module each. A view asks the bridge and fills a template; what changes something becomes a job."""
