-- Text that a spreadsheet would compute gets one apostrophe in downloads, and text with apostrophes before
-- such a sign one more, so that taking one off gives the original (`ledger/formulas.py`, decision 13). Its
-- first letter is looked at before the pattern, which takes longer; an empty text is none. Bound when
-- it is made, so that it needs no path and becomes a part of the query of a file.
create function rules.neutralised(written text) returns text
language sql immutable parallel safe
return case
    when ascii(written) in (ascii('-'), ascii('='), ascii('+'), ascii('@'), 9, 13, ascii(''''))
        then regexp_replace(written, '^(?=''*[-=+@\t\r])', '''')
    else nullif(written, '')
end;
