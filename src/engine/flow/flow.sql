-- The steps taken: who did what with which record, when, for whom.

-- schema flow-1
create table step (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,      -- when it was entered
    of_kind text not null,
    record_id text not null,        -- as addresses have it
    title text not null,            -- what the record was called then
    action text not null,
    label text not null,
    from_state text,
    to_state text,
    on_date date not null,          -- the day of the act
    by_name text not null,
    behalf text,                    -- 代录: for whom
    means text,                     -- letter, phone, person
    remark text,
    said text,                      -- what was asked and answered; nothing private
    primary key (body_id, id)
);
create index step_of on step (body_id, of_kind, record_id, id);

-- :flow_story  :many  ($1 id body_id, $2 text of_kind, $3 text record_id)  the story of a record, newest first
select s.label, s.on_date, s.modified, s.by_name, s.said, s.behalf, s.means, s.remark, s.to_state
from step s where s.body_id = $1 and s.of_kind = $2 and s.record_id = $3
order by s.id desc limit 100;

-- :flow_behalf  :maybe  ($1 id body_id, $2 text of_kind, $3 text record_id)  how the last step was dealt in that was entered for another
select s.means from step s
where s.body_id = $1 and s.of_kind = $2 and s.record_id = $3 and s.behalf is not null
order by s.id desc limit 1;
