"""Pure rules of contests: what is declared, in which windows, with whom, and what comes next.

`contest_rules` the declared rules as values and as data · `words` the same in sentences ·
`checks` what is wrong with them · `presets` ready-made ones · `windows` the time window of an
exam · `instants` every moment of one candidate in it · `timing` what is wrong with a window ·
`workdays` weekends and holidays · `simulated` five candidates who walk through it first ·
`people` how people enter, their numbers, the next reserve · `refusals` what is refused ·
`checklist` the organizer's steps.
"""
