"""What is printed and read away from the desk: reports, and the pages that agreements are printed on.

`paper` is a page before it is PDF or HTML; `paper_pdf` and `paper_html` write it out. The engines (`situation`,
`weekly`, `compliance`) are functions of what was told and of a time.
"""
