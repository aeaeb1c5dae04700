"""Keep a folder with one file a contact or reminder in step with the database (vdir).

vdirsyncer carries such folders to CardDAV and CalDAV servers; khard and todoman work on them.
"""
