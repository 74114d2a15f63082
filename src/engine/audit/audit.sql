-- audit - reading the journal back, what was signed and how checks of it ended.

-- derived journal_checkpoint  what was signed: made once, never changed
-- derived journal_check       how checks went: gone after a while

-- schema audit-1
create table journal_checkpoint (
    body_id id not null,            -- 0: of all chains there are
    id id not null,
    made instant not null,
    by_name text not null,
    entries int not null,           -- of its chains together
    content text not null,          -- proof/checkpoint.h
    primary key (body_id, id)
);
create table journal_check (
    body_id id not null,            -- 0: of the whole journal
    id id not null,
    begun instant not null,
    seen instant not null,          -- when it last told how far it is; at its end: when that was
    state text not null,            -- running, whole, broken, stopped
    by_name text not null,
    total int not null,             -- entries there were when it began
    entries int not null,
    chains int not null,
    records int not null,
    purged int not null,
    unjournaled int not null,
    problem text,                   -- the first bad row; why it stopped
    primary key (body_id, id)
);

-- :audit_heads  :many  every chain with its end
select body_id, chain, length, hash from journal_head order by body_id, chain;

-- :audit_totals  :one  ($1 int body_id)  how many entries and values there are; -1: of all bodies
select (select count(*) from journal j where $1 = -1 or j.body_id = $1) as entries,
    (select count(*) from journal_value v where $1 = -1 or v.body_id = $1) as kept;

-- :audit_chain  :many  ($1 id body_id, $2 int chain, $3 int first)  entries of a chain in order
select j.number, j.happened, j.account, j.organization, j.name, j.role, j.address, j.request,
    j.kind, j.record, j.deed, j.digest, j.previous, j.hash, v.salt, v.before, v.after, v.purged
from journal j
left join journal_value v on v.body_id = j.body_id and v.chain = j.chain and v.number = j.number
where j.body_id = $1 and j.chain = $2 and j.number >= $3 order by j.number;

-- :audit_records  :many  ($1 id body_id, $2 ref record, $3 int chain, $4 int number
--     )  entries by record, a page behind one of them
select j.number, j.kind, j.record, j.chain, v.before, v.after, v.purged
from journal j
left join journal_value v on v.body_id = j.body_id and v.chain = j.chain and v.number = j.number
where j.body_id = $1 and (j.record, j.chain, j.number) > ($2, $3, $4)
order by j.record, j.chain, j.number limit 500;

-- :audit_first  :maybe  ($1 id body_id, $2 ref record, $3 text kind)  the first entry of a record
select j.number, j.previous from journal j
where j.body_id = $1 and j.record = $2 and j.chain = 0 and j.kind = $3 order by j.number limit 1;

-- :audit_of  :many  ($1 id body_id, $2 ref record, $3 text kind, $4 int before, $5 int most
--     )  what was done with a record, newest first
select j.number, j.happened, j.name, j.role, j.address, j.deed, v.before, v.after,
    coalesce(v.purged, 0) as purged, j.kind, j.record
from journal j
left join journal_value v on v.body_id = j.body_id and v.chain = j.chain and v.number = j.number
where j.body_id = $1 and j.record = $2 and j.chain = 0 and j.kind = $3 and j.number < $4
order by j.number desc limit $5;

-- :audit_steps  :many  ($1 id body_id, $2 text of_kind, $3 text record_id, $4 instant first,
--     $5 instant last)  the steps taken with a record between two instants
select s.modified, s.label, s.behalf, s.means, s.remark
from step s
where s.body_id = $1 and s.of_kind = $2 and s.record_id = $3 and s.modified >= $4
    and s.modified <= $5
order by s.id;

-- :audit_list  :many  ($1 id body_id, $2 int chain, $3 int before, $4 text name, $5 text kind,
--     $6 text deed, $7 instant first, $8 instant until, $9 int most
--     )  what was done, newest first; an empty name, kind, deed: any
select j.number, j.happened, j.name, j.role, j.address, j.deed, v.before, v.after,
    coalesce(v.purged, 0) as purged, j.kind, j.record
from journal j
left join journal_value v on v.body_id = j.body_id and v.chain = j.chain and v.number = j.number
where j.body_id = $1 and j.chain = $2 and j.number < $3 and ($4 = '' or j.name = $4)
    and ($5 = '' or j.kind = $5) and ($6 = '' or j.deed = $6)
    and j.happened >= $7 and j.happened < $8
order by j.number desc limit $9;

-- :checkpoint_add  :run  ($1 id body_id, $2 id id, $3 instant made, $4 text by_name, $5 int entries, $6 text content)  one that was made
insert into journal_checkpoint (body_id, id, made, by_name, entries, content)
values ($1, $2, $3, $4, $5, $6);

-- :checkpoint_list  :many  ($1 id body_id)  the newest first
select c.id, c.made, c.by_name, c.entries from journal_checkpoint c
where c.body_id = $1 order by c.id desc limit 100;

-- :checkpoint_text  :maybe  ($1 id body_id, $2 id id)  the file
select c.made, c.content from journal_checkpoint c where c.body_id = $1 and c.id = $2;

-- :audit_lengths  :one  ($1 int body_id)  how many entries the chains hold; -1: of all bodies
select cast(coalesce(sum(h.length), 0) as bigint) as entries from journal_head h where $1 = -1 or h.body_id = $1;

-- :check_begin  :run  ($1 id body_id, $2 id id, $3 instant now, $4 text by_name, $5 int total)  a check begins
insert into journal_check (body_id, id, begun, seen, state, by_name, total, entries, chains,
    records, purged, unjournaled, problem)
values ($1, $2, $3, $3, 'running', $4, $5, 0, 0, 0, 0, 0, null);

-- :check_drop_old  :run  ($1 id body_id, $2 instant before)  checks of long ago
delete from journal_check where body_id = $1 and begun < $2;

-- :check_tell  :run  ($1 id body_id, $2 id id, $3 instant now, $4 text state, $5 int entries, $6 int chains, $7 int records, $8 int purged, $9 int unjournaled, $10 text problem)  how far it is, or how it ended
update journal_check set seen = $3, state = $4, entries = $5, chains = $6, records = $7,
    purged = $8, unjournaled = $9, problem = $10
where body_id = $1 and id = $2;

-- :check_list  :many  ($1 id body_id)  the newest first
select c.id, c.begun, c.seen, c.state, c.by_name, c.total, c.entries, c.chains, c.records,
    c.purged, c.unjournaled, c.problem
from journal_check c where c.body_id = $1 order by c.id desc limit 10;
