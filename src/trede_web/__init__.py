"""The web application: what people do with the accounts. The figures are the library's; see docs/decisions/0014.

people/      users, organisations, memberships, invitations, the change log
work/        jobs and the worker: everything that changes a workspace folder
bridge/      the one place that imports the library; gives plain records to the pages
pages/       the screens, in rooms of the same names as the bridge's; each view goes through `door`
words/       what the screens say, in Dutch and English
"""
