"""The page of data: files sent from the web, their report, the journal of loads, freshness, controls."""
