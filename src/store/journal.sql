-- journal - one chain of entries a body; the bytes that are hashed are told in proof/entry.h.

-- instance journal        keyed by chain and number
-- derived journal         written by the commit queue
-- instance journal_value
-- derived journal_value   written by the commit queue, blanked by a purge
-- instance journal_head   length and last hash of every chain
-- derived journal_head    written by the commit queue

-- schema journal-1
create table journal (
    body_id id not null,
    chain int not null,         -- 0 changes, 1 readings
    number int not null,        -- 1, 2, 3 … of the chain
    happened instant not null,
    account ref not null,       -- 0 = none
    organization ref not null,  -- 0 = none
    name text not null,
    role text not null,
    address text not null,
    request text not null,
    kind text not null,
    record ref not null,        -- 0 = of no single record
    deed text not null,
    digest blob not null,       -- of the salted values; zero bytes: there are none
    previous blob not null,
    hash blob not null,
    primary key (body_id, chain, number)
);
create index journal_by_record on journal (body_id, record, chain, number);
create table journal_value (
    body_id id not null,
    chain int not null,
    number int not null,
    salt blob not null,
    before text,
    after text,
    purged int not null,        -- number, in chain 0, of the entry that blanked it; 0 = not
    primary key (body_id, chain, number)
);
create table journal_head (
    body_id id not null,
    chain int not null,
    length int not null,
    hash blob not null,
    primary key (body_id, chain)
);

-- :journal_head_take  :maybe  :sqlite  ($1 id body_id, $2 int chain)  for the next entries
-- PostgreSQL has several writers: the row is held until the commit.
select length, hash from journal_head where body_id = $1 and chain = $2;

-- :journal_head_take  :maybe  :postgres  ($1 id body_id, $2 int chain)  for the next entries
-- See above.
select length, hash from journal_head where body_id = $1 and chain = $2 for update;

-- :journal_head_add  :run  ($1 id body_id, $2 int chain, $3 blob hash)  of a chain without entries
insert into journal_head (body_id, chain, length, hash) values ($1, $2, 0, $3)
on conflict (body_id, chain) do nothing;

-- :journal_head_set  :run  ($1 id body_id, $2 int chain, $3 int length,
--     $4 blob hash)  after a batch's entries
update journal_head set length = $3, hash = $4 where body_id = $1 and chain = $2;

-- :journal_add  :run  ($1 id body_id, $2 int chain, $3 int number, $4 instant happened,
--     $5 ref account, $6 ref organization, $7 text name, $8 text role, $9 text address,
--     $10 text request, $11 text kind, $12 ref record, $13 text deed, $14 blob digest,
--     $15 blob previous, $16 blob hash)  one entry
insert into journal (body_id, chain, number, happened, account, organization, name, role, address,
    request, kind, record, deed, digest, previous, hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- :journal_value_add  :run  ($1 id body_id, $2 int chain, $3 int number, $4 blob salt,
--     $5 text before, $6 text after)  its values
insert into journal_value (body_id, chain, number, salt, before, after, purged)
values ($1, $2, $3, $4, $5, $6, 0);

-- :journal_value_purge  :run  ($1 id body_id, $2 ref record, $3 text kind, $4 blob nothing,
--     $5 int purged)  blank the values of a record in both chains
update journal_value set salt = $4, before = null, after = null, purged = $5
where body_id = $1 and purged = 0 and (chain, number) in (
    select j.chain, j.number from journal j
    where j.body_id = $1 and j.record = $2 and j.kind = $3);
