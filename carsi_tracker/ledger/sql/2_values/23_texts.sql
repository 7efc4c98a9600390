-- Which text may stand in the ledger: characters that show, in the order in which they are read.
-- Forms and imports ask the same (`ledger/text.py`) and name the character; a test holds the two
-- together over all of Unicode. The expressions name ranges of codes, so that they mean the same in
-- every locale.

-- What may not stand in a text: control characters (a line feed may, in a text of several lines),
-- marks that turn the direction, separators of lines, what nobody sees, what was lost, what is no
-- character or has no fixed meaning; and joiners where there are neither emoji nor letters that they
-- shape.
create function rules.odd_in_text(p_lines boolean) returns text
language sql immutable set search_path = pg_catalog, pg_temp set standard_conforming_strings = on
as $$
    select format(
        '[%s\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029'
        '\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164'
        '\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d159'
        '\U0001d173-\U0001d17a\ufffc-\uffff\ufdd0-\ufdef\ud800-\uf8ff'
        '\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff\U0004fffe\U0004ffff'
        '\U0005fffe\U0005ffff\U0006fffe\U0006ffff\U0007fffe\U0007ffff\U0008fffe\U0008ffff'
        '\U0009fffe\U0009ffff\U000afffe\U000affff\U000bfffe\U000bffff\U000cfffe\U000cffff'
        '\U000dfffe-\U0010ffff]'
        '|(?<![%s])\u200c'
        '|(?<![%s%s\ufe0f])\u200d|(?<=[%s\ufe0f])\u200d(?![%s])'
        '|(?<![#*0-9%s])[\ufe0e\ufe0f]',
        case when p_lines then '\u0001-\u0009\u000b-\u001f' else '\u0001-\u001f' end,
        joining, joining, emoji, emoji, emoji, emoji
    )
    from (
        select
            '\u0590-\u109f\u1700-\u1cff\ua800-\uabff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc'
            '\U00010a00-\U00011fff\U0001e900-\U0001e95f' as joining,
            '\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f'
            '\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff' as emoji
    ) letters
$$;

-- A character that shows by itself: no blank, nothing invisible, no accent without a letter.
create function rules.what_shows() returns text
language sql immutable set search_path = pg_catalog, pg_temp set standard_conforming_strings = on
as $$
    select
        '[^\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000'
        '\u061c\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164'
        '\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d159'
        '\U0001d173-\U0001d17a\U000e0000-\U000e0fff'
        '\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff'
        '\u20d0-\u20ff\u302a-\u302d\u3099\u309a\ufe20-\ufe2f]'
$$;

create function rules.is_empty(written text) returns boolean
language sql immutable set search_path = pg_catalog, rules, pg_temp
as $$ select coalesce(written, '') collate "C" !~ rules.what_shows() $$;

-- A text from before the rule without what the rule refuses, for what repeats it in a new row.
create function rules.made_plain(written text) returns text
language plpgsql immutable set search_path = pg_catalog, rules, pg_temp
as $$
begin
    while not is_plain(written) loop -- a joiner can stray only when what stood beside it is gone
        written := regexp_replace(written collate "C", odd_in_text(false), '', 'g');
    end loop;
    return written;
end $$;

create function rules.is_plain(written text, lines boolean default false) returns boolean
language sql immutable set search_path = pg_catalog, rules, pg_temp
as $$ select written collate "C" !~ rules.odd_in_text(lines) $$;

-- The triggers hold the expressions themselves. What is all ASCII is told by a shorter one, which halves
-- the time of long batches. A title shows something; so does what may be empty ('spare'), unless it is. A title from
-- before is asked again when it is to become final.
select rules.hold(name, 'plain_text', array_agg(
    format(
        '(new.%1$I collate "C" !~ ''[^\u0020-\u007e]'' or new.%1$I collate "C" !~ %2$L)',
        "column", rules.odd_in_text(kind = 'lines')
    )
    || case kind
        when 'title' then format(' and new.%I collate "C" ~ %L', "column", rules.what_shows())
        when 'spare' then format(
            ' and (new.%1$I = '''' or new.%1$I collate "C" ~ %2$L)', "column", rules.what_shows()
        )
        else ''
    end
    order by position
), case name
    when 'ledger_batch' then 'new.state <> ''draft'' and new.state <> old.state'
    when 'ledger_commitment' then 'new.first_version is distinct from old.first_version'
end)
from (values
    (1, 'ledger_account', 'code', 'title'),
    (2, 'ledger_account', 'name_en', 'title'),
    (3, 'ledger_account', 'name_es', 'title'),
    (4, 'ledger_programmingarea', 'code', 'title'),
    (5, 'ledger_programmingarea', 'name_en', 'title'),
    (6, 'ledger_programmingarea', 'name_es', 'title'),
    (7, 'ledger_country', 'code', 'title'),
    (8, 'ledger_country', 'name_en', 'title'),
    (9, 'ledger_country', 'name_es', 'title'),
    (10, 'ledger_goal', 'name_en', 'title'),
    (11, 'ledger_goal', 'name_es', 'title'),
    (12, 'ledger_organization', 'code', 'title'),
    (13, 'ledger_organization', 'name_en', 'title'),
    (14, 'ledger_organization', 'name_es', 'title'),
    (15, 'ledger_document', 'key', 'title'),
    (16, 'ledger_document', 'title', 'title'),
    (17, 'ledger_document', 'title_es', 'spare'),
    (18, 'ledger_document', 'publisher', 'title'),
    (19, 'ledger_document', 'url', 'line'),
    (20, 'ledger_document', 'note', 'spare'),
    (21, 'ledger_documentfile', 'name', 'title'),
    (22, 'ledger_commitment', 'title', 'title'),
    (23, 'ledger_commitment', 'title_es', 'spare'),
    (24, 'ledger_batch', 'title', 'title'),
    (25, 'ledger_batch', 'reason', 'title'),
    (26, 'ledger_line', 'locator', 'line'),
    (27, 'ledger_line', 'note', 'line'),
    (28, 'ledger_line', 'quote', 'line'),
    (29, 'ledger_entry', 'locator', 'line'),
    (30, 'ledger_entry', 'note', 'line'),
    (31, 'ledger_entry', 'quote', 'line'),
    (32, 'ledger_posting', 'title', 'title'),
    (33, 'ledger_posting', 'reason', 'title'),
    (34, 'ledger_posting', 'approved_by', 'title'),
    (35, 'ledger_posting', 'self_approval_rule', 'line'),
    (36, 'ledger_posting', 'self_approval_reason', 'line'),
    (37, 'ledger_countersignature', 'signed_by', 'title'),
    (38, 'ledger_countersignature', 'remark', 'line'),
    (39, 'ledger_remark', 'text', 'lines'),
    (40, 'ledger_office', 'self_approval_rule', 'line'),
    (41, 'ledger_change', 'reason', 'line'),
    (42, 'accounts_user', 'username', 'title'),
    (43, 'accounts_user', 'first_name', 'line'),
    (44, 'accounts_user', 'last_name', 'line'),
    (45, 'ledger_publishedfigure', 'key', 'title'),
    (46, 'ledger_publishedfigure', 'locator', 'spare'),
    (47, 'ledger_publishedfigure', 'quote', 'spare'),
    (48, 'ledger_publishedfigure', 'wider', 'spare'),
    (49, 'ledger_publishedfigure', 'wider_es', 'spare'),
    (50, 'ledger_publishedfigure', 'explanation', 'spare'),
    (51, 'ledger_publishedfigure', 'explanation_es', 'spare'),
    (52, 'ledger_commitment', 'bound_note', 'spare'),
    (53, 'ledger_commitment', 'bound_note_es', 'spare'),
    (54, 'ledger_translation', 'original', 'title'),
    (55, 'ledger_translation', 'spanish', 'title'),
    (56, 'ledger_openquestion', 'key', 'title'),
    (57, 'ledger_openquestion', 'question', 'title'),
    (58, 'ledger_openquestion', 'question_es', 'spare'),
    (59, 'ledger_openquestion', 'settled_by', 'title'),
    (60, 'ledger_openquestion', 'settled_by_es', 'spare')
) texts (position, name, "column", kind)
group by name;

-- Keys and codes are written in the letters of addresses and files.
alter table ledger_commitment
    drop constraint if exists reference_written_plainly,
    add constraint reference_written_plainly check (reference ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$');
alter table ledger_document
    drop constraint if exists code_written_plainly,
    add constraint code_written_plainly check (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
alter table ledger_publishedfigure
    drop constraint if exists code_written_plainly,
    add constraint code_written_plainly check (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
alter table ledger_openquestion
    drop constraint if exists code_written_plainly,
    add constraint code_written_plainly check (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
alter table ledger_programmingarea
    drop constraint if exists code_written_plainly,
    add constraint code_written_plainly check (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
alter table ledger_country
    drop constraint if exists code_written_plainly,
    add constraint code_written_plainly check (code ~ '^([A-Z]{2}|regional)$');
alter table ledger_account
    drop constraint if exists code_written_plainly,
    add constraint code_written_plainly check (code ~ '^[A-Z0-9]+$');
alter table ledger_organization
    drop constraint if exists code_written_plainly,
    add constraint code_written_plainly check (code ~ '^\S(.*\S)?$');
