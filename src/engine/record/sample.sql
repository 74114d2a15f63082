-- sample - kinds of every shape for the tests of the record engine: tools in sheds of a body, and
-- makers that belong to the instance.

-- owned tool_part
-- owned tool_mark

-- schema sample-1
create table shed (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    name text not null,
    above ref,
    sort_key text not null,
    position int not null,
    start_date date not null,
    end_date date not null,
    primary key (body_id, id),
    foreign key (body_id, above) references shed (body_id, id)
);
create table tool (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    name text not null,
    code text not null,
    amount int not null,
    loud flag not null,
    class_of text not null,
    bought date,
    shed ref,
    maker ref,
    stamp text,
    note text,
    keeper_phone text,
    line int,
    sort_key text not null,
    primary key (body_id, id),
    foreign key (body_id, shed) references shed (body_id, id)
);
create unique index tool_code on tool (body_id, code);
create table tool_part (
    body_id id not null,
    owner id not null,
    position int not null,
    name text not null,
    many int,
    grade text,
    day date,
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references tool (body_id, id)
);
create table tool_mark (
    body_id id not null,
    owner id not null,
    position int not null,
    name text not null,
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references tool (body_id, id)
);
create table maker (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    name text not null,
    primary key (body_id, id)
);

-- :sample_tool_names  :many  ($1 id body_id)  in the order they were made
select t.name from tool t where t.body_id = $1 order by t.id;

-- :sample_rows_of  :one  ($1 id body_id, $2 id owner)  how many rows a tool owns
select count(*) as n from tool_part p where p.body_id = $1 and p.owner = $2;
