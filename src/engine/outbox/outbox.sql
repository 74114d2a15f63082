-- The outbox: work that follows a write, made in the same transaction, done by the dispatcher.

-- derived outbox   work, not records: claimed, retried and settled by statements

-- schema outbox-1
create table outbox (
    body_id id not null,
    id id not null,
    channel text not null,          -- who does it: a row of the channel table
    content text not null,          -- what; words, ids, never a title or a name
    state text not null,            -- waiting, working, done, failed, given-up
    tries int not null,
    due instant not null,           -- waiting, failed: not before; working: the lease ends; else never
    holder id not null,             -- who works on it: a number of its own for each claim
    created instant not null,
    modified instant not null,
    problem text,                   -- of the last try
    primary key (body_id, id)
);
create index outbox_due on outbox (due, body_id, id);

-- schema outbox-2
create index outbox_state on outbox (body_id, state, id);

-- schema outbox-3
create index outbox_open on outbox (channel, state, created) where state <> 'done';

-- :outbox_put  :run  ($1 id body_id, $2 id id, $3 text channel, $4 text content, $5 instant now)  new work, due at once
insert into outbox (body_id, id, channel, content, state, tries, due, holder, created, modified, problem)
values ($1, $2, $3, $4, 'waiting', 0, $5, 0, $5, $5, null)
on conflict (body_id, id) do nothing;

-- :outbox_due  :many  ($1 instant now, $2 instant far)  what can be claimed, the oldest first; nothing waits until after `far`: the clock was set back since
select o.body_id, o.id, o.channel from outbox o
where o.due < 9223372036854775807 and (o.due <= $1 or o.due > $2)
order by o.due, o.body_id, o.id limit 20;

-- :outbox_claim  :maybe  ($1 id body_id, $2 id id, $3 instant now, $4 instant until, $5 id holder, $6 instant far)  take one, unless another did
update outbox set state = 'working', tries = tries + 1, due = $4, holder = $5, modified = $3
where body_id = $1 and id = $2 and due < 9223372036854775807 and (due <= $3 or due > $6)
returning channel, content, tries;

-- :outbox_settle  :run  ($1 id body_id, $2 id id, $3 id holder, $4 text state, $5 instant due, $6 instant now, $7 text problem)  how it went, if the lease is still ours
update outbox set state = $4, due = $5, modified = $6, problem = $7
where body_id = $1 and id = $2 and holder = $3 and state = 'working';

-- :outbox_turn  :run  ($1 id body_id, $2 id id, $3 text state, $4 instant due, $5 instant now)  by hand: try again, or give up
update outbox set state = $3, due = $4, modified = $5, holder = 0
where body_id = $1 and id = $2 and state <> 'done';

-- :outbox_list  :many  ($1 id body_id)  of a body, the newest first
select o.id, o.channel, o.state, o.tries, o.created, o.modified, o.due, o.problem
from outbox o where o.body_id = $1 order by o.id desc limit 200;

-- :outbox_list_in  :many  ($1 id body_id, $2 text state)  of a body in one state, the newest first
select o.id, o.channel, o.state, o.tries, o.created, o.modified, o.due, o.problem
from outbox o where o.body_id = $1 and o.state = $2 order by o.id desc limit 200;

-- :outbox_drop_old  :run  ($1 id body_id, $2 instant before)  a few of a body's oldest that are done
delete from outbox where body_id = $1 and created < $2 and id in
    (select o.id from outbox o where o.body_id = $1 and o.state = 'done' order by o.id limit 10);

-- :outbox_figures  :many  ()  by channel and state, what is not done
select o.channel, o.state, count(*), min(o.created) from outbox o
where o.state <> 'done' group by o.channel, o.state;
