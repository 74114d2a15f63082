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
