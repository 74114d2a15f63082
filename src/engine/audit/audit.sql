-- audit - reading the journal back.

-- :audit_heads  :many  every chain with its end
select body_id, chain, length, hash from journal_head order by body_id, chain;

-- :audit_totals  :one  how many entries and values there are
select (select count(*) from journal) as entries, (select count(*) from journal_value) as kept;

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
