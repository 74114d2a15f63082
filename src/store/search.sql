-- search - rows that search reads; each engine has an index of its own over the same tokens.

-- derived search_place    where the row of a record stands
-- derived search_row      the rows, indexed
-- derived search_counter  last number given out, in runs of SEARCH_RUN
-- instance search_counter

-- schema search-1
create table search_place (
    body_id id not null,
    id id not null,         -- of the record
    part int not null,      -- a long text has several rows
    position int not null,  -- days since 0001-01-01 << 41 | number: the order of results
    primary key (body_id, id, part)
);

-- schema search-2 :sqlite
-- FTS5 is SQLite's own. Tokens come ready: each is letters, digits and _, or Han characters, and
-- so one word to the ascii tokenizer. Of a token only its column is kept, no place: phrases are
-- confirmed by a substring test.
create table search_counter (next integer not null) strict;
insert into search_counter (next) values (0);
create virtual table search_row using fts5 (
    tokens, audience,
    body_id unindexed, id unindexed, part unindexed, kind unindexed, date unindexed,
    title unindexed, text unindexed,
    tokenize = "ascii tokenchars '_'", detail = column, columnsize = 0
);

-- schema search-2 :postgres
-- Arrays of tokens under GIN: tsvector loses positions in long texts and refuses 1 MB.
create sequence search_counter increment by 512;
create table search_row (
    position bigint not null,
    body_id bigint not null,
    id bigint not null,
    part bigint not null,
    kind text collate "C" not null,
    date text collate "C" not null,
    title text collate "C" not null,
    text text collate "C" not null,
    tokens text[] not null,
    audience text[] not null,
    primary key (body_id, position)
);
create index search_row_tokens on search_row using gin (tokens, audience);

-- :search_next  :one  :sqlite  the first of 512 numbers not given out before
-- PostgreSQL has sequences, which do not make writers wait for each other.
update search_counter set next = next + 512 returning next - 511 as next;

-- :search_next  :one  :postgres  the first of 512 numbers not given out before
-- See above.
select nextval('search_counter') as next;

-- :search_counter_set  :one  :sqlite  ($1 int next)  go on behind a number
-- See above.
update search_counter set next = $1 returning next;

-- :search_counter_set  :one  :postgres  ($1 int next)  go on behind a number
-- See above.
select setval('search_counter', $1) as next;

-- :search_rows  :many  :sqlite  all rows, as search_row_add takes them
-- The rowid of FTS5 is the order of results.
select rowid as position, body_id, id, part, kind, date, title, text, tokens, audience
from search_row;

-- :search_rows  :many  :postgres  all rows, as search_row_add takes them
-- Arrays are PostgreSQL's own.
select position, body_id, id, part, kind, date, title, text,
    array_to_string(tokens, ' ') as tokens, array_to_string(audience, ' ') as audience
from search_row;

-- :search_places  :many  ($1 id body_id, $2 id id, $3 int part)  rows of a record from a part on
select part, position from search_place where body_id = $1 and id = $2 and part >= $3
order by part;

-- :search_place_add  :run  ($1 id body_id, $2 id id, $3 int part, $4 int position)  its place
insert into search_place (body_id, id, part, position) values ($1, $2, $3, $4);

-- :search_place_move  :run  ($1 id body_id, $2 id id, $3 int part, $4 int position)  its new place
update search_place set position = $4 where body_id = $1 and id = $2 and part = $3;

-- :search_places_drop  :run  ($1 id body_id, $2 id id, $3 int part)  forget from a part on
delete from search_place where body_id = $1 and id = $2 and part >= $3;

-- :search_row_add  :run  :sqlite  ($1 int position, $2 id body_id,
--     $3 id id, $4 int part, $5 text kind, $6 date date, $7 text title, $8 text text,
--     $9 text tokens, $10 text audience)  one row
-- The rowid of FTS5 is the order of results.
insert into search_row (rowid, body_id, id, part, kind, date, title, text, tokens, audience)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- :search_row_add  :run  :postgres  ($1 int position, $2 id body_id,
--     $3 id id, $4 int part, $5 text kind, $6 date date, $7 text title, $8 text text,
--     $9 text tokens, $10 text audience)  one row
-- Arrays are PostgreSQL's own.
insert into search_row (position, body_id, id, part, kind, date, title, text, tokens, audience)
values ($1, $2, $3, $4, $5, $6, $7, $8, string_to_array($9, ' '), string_to_array($10, ' '));

-- :search_row_drop  :run  :sqlite  ($1 int position, $2 id body_id)  one row
-- The rowid of FTS5 is the order of results.
delete from search_row where rowid = $1 and body_id = $2;

-- :search_row_drop  :run  :postgres  ($1 int position, $2 id body_id)  one row
-- See above.
delete from search_row where position = $1 and body_id = $2;

-- :search_candidates  :many  :sqlite  ($1 text tokens, $2 text audience,
--     $3 id body_id, $4 int before, $5 int rows)  newest first, with all tokens, one audience
-- In order of rowid FTS5 stops with the last row wanted; its rank would read every row.
select rowid as position, id, kind, date, title, text from search_row
where search_row match ('tokens : (' || $1 || ') AND audience : (' || $2 || ')')
  and body_id = $3 and rowid < $4
order by rowid desc limit $5;

-- :search_candidates  :many  :postgres  ($1 text tokens, $2 text audience,
--     $3 id body_id, $4 int before, $5 int rows)  newest first, with all tokens, one audience
-- Arrays are PostgreSQL's own.
select position, id, kind, date, title, text from search_row
where tokens @> string_to_array($1, ' ') and audience && string_to_array($2, ' ')
  and body_id = $3 and position < $4
order by position desc limit $5;
