-- Adjustments: reorganisations, changes of term and of portfolios, and what followed from each.

-- owned adjustment_source
-- owned adjustment_target
-- owned adjustment_move
-- owned adjustment_effect

-- schema adjustment-1
create table adjustment (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    matter text not null,           -- merge, split, rename, term, portfolio
    day date not null,
    basis text not null,
    term text,                      -- 换届: 第八届
    note text,
    state text not null,            -- draft, done, undone, dropped
    position int not null,
    primary key (body_id, id)
);
create table adjustment_source (
    body_id id not null,
    owner id not null,
    position int not null,
    name text not null,
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references adjustment (body_id, id)
);
create table adjustment_target (
    body_id id not null,
    owner id not null,
    position int not null,
    name text not null,
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references adjustment (body_id, id)
);
create table adjustment_move (
    body_id id not null,
    owner id not null,
    position int not null,
    leader text not null,
    name text not null,             -- whom he is linked with from then on
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references adjustment (body_id, id)
);
create table adjustment_effect (
    body_id id not null,
    owner id not null,
    position int not null,
    op text not null,               -- add, end, change
    of_kind text not null,
    record_id text not null,
    title text not null,
    version int not null,           -- after it was done
    old_value text,                 -- end: its end date; change: what there was
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references adjustment (body_id, id)
);
create index adjustment_effect_of on adjustment_effect (body_id, record_id);

-- :adjustment_built_on  :one  ($1 id body_id, $2 id organization)  how many records refer to an organization
select (select count(*) from link l where l.body_id = $1 and l.from_organization = $2)
     + (select count(*) from link l where l.body_id = $1 and l.to_organization = $2)
     + (select count(*) from designation d where d.body_id = $1 and d.organization = $2)
     + (select count(*) from membership m where m.body_id = $1 and m.organization = $2)
     + (select count(*) from correction c where c.body_id = $1 and c.organization = $2)
     + (select count(*) from organization o where o.body_id = $1 and o.parent = $2) as refers;

-- :adjustment_of  :many  ($1 id body_id, $2 text record_id)  the adjustments that touched a record
select a.id, a.matter, a.day, a.basis, a.state, e.op
from adjustment_effect e join adjustment a on a.body_id = e.body_id and a.id = e.owner
where e.body_id = $1 and e.record_id = $2
order by a.position, a.id limit 50;
