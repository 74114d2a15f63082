-- People and their places in organizations.

-- schema person-1
create table person (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    name text not null,
    post text,                      -- as printed, never guessed
    sort_key text not null,
    position int not null,
    start_date date not null,
    end_date date not null,
    primary key (body_id, id)
);

-- schema membership-1
create table membership (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    person ref not null,
    organization ref not null,
    role text not null,
    post text,
    section text,                   -- 科室
    office_phone text,              -- private
    mobile text,                    -- private
    position int not null,
    start_date date not null,
    end_date date not null,
    primary key (body_id, id),
    foreign key (body_id, person) references person (body_id, id),
    foreign key (body_id, organization) references organization (body_id, id)
);
