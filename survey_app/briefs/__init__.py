"""For those who decide: the figures of a run over the periods and by county, as a page, a letter and a read-only link."""
