/*
 * seen - constant SQL for kinds' visibility: which organizations somebody sees who does not see the
 * whole body: his own and its parts, and those that have a link with it, with their parts.
 *
 * Marks as in struct kind: @b body, @o his organization, @d the day. The same sets stand in the
 * viewer, read by account.sql: seat_own (of the parts, those of the day: what ended is still seen,
 * nothing is done there) and seat_linked.
 */
#ifndef DOMAIN_ORGANIZATION_SEEN_H
#define DOMAIN_ORGANIZATION_SEEN_H

#define SEEN_OWN                                                                                   \
    "select v.id from organization v where v.body_id = @b and v.id = @o union all "                \
    "select v.id from organization v where v.body_id = @b and v.parent = @o"

#define SEEN_ORGANIZATIONS                                                                         \
    SEEN_OWN                                                                                       \
    " union all select v.to_organization from link v where v.body_id = @b "                        \
    "and v.from_organization = @o and v.start_date <= @d and v.end_date > @d "                     \
    "and v.to_organization is not null"                                                            \
    " union all select v.from_organization from link v where v.body_id = @b "                      \
    "and v.to_organization = @o and v.start_date <= @d and v.end_date > @d "                       \
    "and v.from_organization is not null"                                                          \
    " union all select w.id from link v join organization w on w.body_id = v.body_id "             \
    "and w.parent = v.to_organization where v.body_id = @b and v.from_organization = @o "          \
    "and v.start_date <= @d and v.end_date > @d"

#endif
