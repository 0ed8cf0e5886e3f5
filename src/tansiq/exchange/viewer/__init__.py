"""The page that shows and checks an archive: template, style and program, put into one file by `page`."""
