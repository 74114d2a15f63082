-- Corrections of names that units ask for.

-- schema correction-1
create table correction (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    organization ref not null,
    sort text not null,             -- rename, alias, misprint
    wanted text not null,
    reason text,
    answer text,                    -- why it was refused, or what was added
    state text not null,            -- asked, agreed, refused, withdrawn
    position int not null,
    primary key (body_id, id),
    foreign key (body_id, organization) references organization (body_id, id)
);

-- schema correction-2
alter table correction add column was text;       -- what the unit was called when it was asked
update correction set was = (select o.name from organization o
    where o.body_id = correction.body_id and o.id = correction.organization)
where state <> 'agreed';
