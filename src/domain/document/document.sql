-- Documents (制度文件) with their issuers, bases, decisions and what they repeal.

-- owned document_issuer
-- owned document_addressee
-- owned document_basis
-- owned document_repeal
-- owned document_decision

-- schema document-1
create table document (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    slug text not null,             -- yiyang-2022-2; empty for documents entered by hand
    title text not null,
    number text,                    -- 益协发〔2022〕2号
    inner_title text,               -- the measure that a notice carries
    date date,
    signed_date date,
    printed_date date,
    effective_date date,
    trial flag not null,
    trial_ends date,
    interpreter text,
    note text,
    position int not null,
    start_date date not null,
    end_date date not null,
    primary key (body_id, id)
);
create table document_issuer (
    body_id id not null,
    owner id not null,
    position int not null,
    name text not null,
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references document (body_id, id)
);
create table document_addressee (
    body_id id not null,
    owner id not null,
    position int not null,
    name text not null,
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references document (body_id, id)
);
create table document_basis (
    body_id id not null,
    owner id not null,
    position int not null,
    title text not null,
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references document (body_id, id)
);
create table document_repeal (
    body_id id not null,
    owner id not null,
    position int not null,
    number text not null,
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references document (body_id, id)
);
create table document_decision (
    body_id id not null,
    owner id not null,
    position int not null,
    meeting text not null,          -- 主席会议, 常务委员会会议 …
    term int,                       -- 届
    session int,                    -- 次
    date date,
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references document (body_id, id)
);
