-- In-app notices: who is told of what, and who has read it.

-- derived notice        told by the outbox
-- derived notice_read   a mark, not a record

-- schema notice-1
create table notice (
    body_id id not null,
    id id not null,                 -- of the work that told it
    audience ref not null,          -- an organization; 0 = the office
    text text not null,             -- in constant words; never a title or a name
    of_kind text not null,
    record_id text not null,        -- as addresses have it
    created instant not null,
    primary key (body_id, id, audience)
);
create index notice_for on notice (body_id, audience, id);
create table notice_read (
    body_id id not null,
    id id not null,
    account id not null,            -- 0 = this machine without an account
    happened instant not null,
    primary key (body_id, id, account)
);

-- :notice_add  :run  ($1 id body_id, $2 id id, $3 ref audience, $4 text text, $5 text of_kind, $6 text record_id, $7 instant created)  one notice, once
insert into notice (body_id, id, audience, text, of_kind, record_id, created)
values ($1, $2, $3, $4, $5, $6, $7) on conflict (body_id, id, audience) do nothing;

-- :notice_mark  :run  ($1 id body_id, $2 id id, $3 id account, $4 instant happened)  it was read
insert into notice_read (body_id, id, account, happened) values ($1, $2, $3, $4)
on conflict (body_id, id, account) do nothing;

-- :notice_all  :many  ($1 id body_id, $2 id account)  of a body, the newest first
select n.id, n.audience, o.name, n.text, n.of_kind, n.record_id, n.created,
  case when r.id is null then 0 else 1 end as is_read
from notice n left join notice_read r on r.body_id = n.body_id and r.id = n.id and r.account = $2
  left join organization o on o.body_id = n.body_id and o.id = n.audience
where n.body_id = $1 order by n.id desc, n.audience desc limit 100;

-- :notice_for  :many  ($1 id body_id, $2 id account, :ids)  for some, the newest first
select n.id, n.audience, o.name, n.text, n.of_kind, n.record_id, n.created,
  case when r.id is null then 0 else 1 end as is_read
from notice n left join notice_read r on r.body_id = n.body_id and r.id = n.id and r.account = $2
  left join organization o on o.body_id = n.body_id and o.id = n.audience
where n.body_id = $1 and n.audience in (:ids) order by n.id desc limit 100;

-- :notice_linking  :many  ($1 id body_id, $2 ref organization, $3 date on)  who links with an organization
select distinct l.from_organization from link l
where l.body_id = $1 and l.to_organization = $2 and l.start_date <= $3 and l.end_date > $3
  and l.from_organization is not null limit 50;
