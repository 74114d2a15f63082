-- Schemes: the operable form of a document; its content categories, forms and duties.

-- owned form_kind
-- owned duty_party

-- schema scheme-1
create table scheme (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    slug text not null,
    name text not null,
    document ref not null,
    position int not null,
    start_date date not null,
    end_date date not null,
    primary key (body_id, id),
    foreign key (body_id, document) references document (body_id, id)
);
create table content (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    scheme ref not null,
    code text,                      -- YY22-3.1
    clause text,                    -- 三（一）
    name text not null,
    line int,
    position int not null,
    start_date date not null,
    end_date date not null,
    primary key (body_id, id),
    foreign key (body_id, scheme) references scheme (body_id, id)
);
create table statement (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    scheme ref not null,
    code text,
    clause text,
    name text not null,
    kind text not null,             -- principle, annex, stage
    line int,
    position int not null,
    start_date date not null,
    end_date date not null,
    primary key (body_id, id),
    foreign key (body_id, scheme) references scheme (body_id, id)
);
create table form (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    scheme ref not null,
    code text,
    clause text,
    name text not null,
    summary text,
    line int,
    position int not null,
    start_date date not null,
    end_date date not null,
    primary key (body_id, id),
    foreign key (body_id, scheme) references scheme (body_id, id)
);
create table form_kind (
    body_id id not null,
    owner id not null,
    position int not null,
    name text not null,             -- 意见听证会, 协商座谈会: what an activity can be
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references form (body_id, id)
);
create table duty (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    scheme ref not null,
    code text,
    clause text,
    name text not null,             -- what is asked, in one sentence
    who text not null,
    who_text text,                  -- as printed
    deed text not null,
    shape text not null,
    strength text not null,
    least int,                      -- min; null = none
    most int,                       -- max
    min_implicit flag not null,     -- the number is our reading: 文件未写次数
    per text not null,
    due_by text,                    -- MM-DD
    due_by_year int,                -- 1 = of the following year
    opens_on text,
    by_date date,
    days int,
    day_kind text,
    days_before flag not null,
    condition text,
    attended_by text,               -- who of the unit has to take part
    who_implicit flag not null,     -- the subject is our reading: 文件未写明主体
    line int,
    position int not null,
    start_date date not null,
    end_date date not null,
    primary key (body_id, id),
    foreign key (body_id, scheme) references scheme (body_id, id)
);
create table duty_party (
    body_id id not null,
    owner id not null,
    position int not null,
    role text not null,             -- subject, recipient, chair, invited, answered
    name text not null,
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references duty (body_id, id)
);

-- schema scheme-2
-- What a designation is called by the document: 责任领导, 联络员.
alter table duty add column label text;

-- :scheme_of_document  :many  ($1 id body_id, $2 id document)  the schemes of a document, also ended ones
select s.id from scheme s where s.body_id = $1 and s.document = $2
order by s.position, s.id limit 50;

-- :load_body  :maybe  ($1 text slug)  the body of a scheme
select b.id from body b where b.body_id = 0 and b.slug = $1;

-- :load_term  :many  ($1 id body_id, $2 int number)  a term by its number
select t.id from term t where t.body_id = $1 and t.number = $2 order by t.id limit 1;

-- :load_document  :maybe  ($1 id body_id, $2 text slug)  the document of a scheme
select d.id from document d where d.body_id = $1 and d.slug = $2 order by d.id limit 1;

-- :load_scheme  :maybe  ($1 id body_id, $2 text slug)  the scheme of a file
select s.id from scheme s where s.body_id = $1 and s.slug = $2 order by s.id limit 1;

-- :load_scheme_position  :one  ($1 id body_id, $2 id scheme)  its position; of a new one, the last
select coalesce(max(s.position), 0) as position from scheme s
where s.body_id = $1 and ($2 = 0 or s.id = $2);

-- :load_organization  :many  ($1 id body_id, $2 text name, $3 date day, $4 id no_parent)  a top-level entry by name
select o.id from organization o
where o.body_id = $1 and o.name = $2 and o.end_date > $3 and o.parent is null and $4 = 0
order by o.id limit 1;

-- :load_alias  :many  ($1 id body_id, $2 text name, $3 date day)  a top-level entry by another of its names
select o.id from organization_name n
join organization o on o.body_id = n.body_id and o.id = n.owner
where n.body_id = $1 and n.name = $2 and o.end_date > $3 and o.parent is null
order by o.id limit 1;

-- :load_linked  :many  ($1 id body_id, $2 text name, $3 id scheme)  a top-level entry that this scheme links
select o.id from organization o
where o.body_id = $1 and o.name = $2 and o.parent is null and exists (
        select 1 from link l
        where l.body_id = o.body_id and l.scheme = $3
          and (l.from_organization = o.id or l.to_organization = o.id))
order by o.id limit 1;

-- :load_part  :many  ($1 id body_id, $2 text name, $3 date day, $4 id parent)  a bracketed entry by name
select o.id from organization o
where o.body_id = $1 and o.name = $2 and o.end_date > $3 and o.parent = $4
order by o.id limit 1;

-- :load_person  :many  ($1 id body_id, $2 text name)  a person by name
select p.id from person p where p.body_id = $1 and p.name = $2 order by p.id limit 1;

-- :load_repealer  :many  ($1 id body_id, $2 text number, $3 text slug)  since when another document repeals this one
select d.start_date from document_repeal r
join document d on d.body_id = r.body_id and d.id = r.owner
where r.body_id = $1 and r.number = $2 and d.slug <> $3
order by d.start_date limit 1;

-- :load_repealed  :many  ($1 id body_id, $2 text number, $3 date day)  schemes of a document that is being repealed
select d.id as document, s.id as scheme from document d
left join scheme s on s.body_id = d.body_id and s.document = d.id
where d.body_id = $1 and d.number = $2 and d.end_date > $3
order by d.id, s.id;
