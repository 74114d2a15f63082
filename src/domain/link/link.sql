-- Links: who is in contact with whom, by which document and clause.

-- schema link-1
create table link (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    scheme ref not null,
    kind text not null,
    from_organization ref,
    from_person ref,
    to_organization ref,
    to_person ref,
    clause text,
    declared_count int,             -- printed count of the list it stands in
    line int,
    note text,
    position int not null,
    start_date date not null,
    end_date date not null,
    primary key (body_id, id),
    foreign key (body_id, scheme) references scheme (body_id, id),
    foreign key (body_id, from_organization) references organization (body_id, id),
    foreign key (body_id, from_person) references person (body_id, id),
    foreign key (body_id, to_organization) references organization (body_id, id),
    foreign key (body_id, to_person) references person (body_id, id)
);
-- schema link-2
-- Only of ended links: otherwise it would look like a way to the links of a day.
create index link_ended on link (body_id, end_date) where end_date < '9999-12-31';
