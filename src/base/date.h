/*
 * date - civil dates, instants and the one clock.
 *
 * A date is a day of the Gregorian calendar in the zone of the body (default Asia/Shanghai, a
 * fixed +08:00 since 1991). An instant is UTC in microseconds. In the database dates are ISO text,
 * instants 64-bit integers. {0} is "no date".
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct date {
    int year, month, day; /* 1..9999, 1..12, 1..31 */
};

struct instant {
    int64_t us; /* since 1970-01-01T00:00:00Z */
};

/* The end date of what has not ended. */
#define DATE_OPEN ((struct date){9999, 12, 31})

static inline bool date_is_set(struct date date)
{
    return date.year != 0;
}
bool date_is_valid(struct date date);
int days_in_month(int year, int month);

/* "2022-01-24" and nothing else; false for 2022-02-30. */
bool date_parse(struct str text, struct date *ret_date);
struct str date_format(struct arena *arena, struct date date); /* 2022-01-24, empty if unset */
struct str date_format_chinese(struct arena *arena, struct date date); /* 2022年1月24日 */

int64_t date_to_days(struct date date); /* since 1970-01-01 */
struct date date_from_days(int64_t days);
struct date date_add_days(struct date date, int64_t days);
/* The same day of the month, or its last day where the month is shorter. */
struct date date_add_months(struct date date, int months);
int date_cmp(struct date a, struct date b);
int date_weekday(struct date date); /* 0 Sunday … 6 Saturday */

/* The zone is an offset in minutes east of UTC. */
enum { ZONE_CHINA_MIN = 480 };
struct date instant_date(struct instant instant, int zone_min);
struct str instant_format(struct arena *arena, struct instant instant,
                          int zone_min); /* …T…+08:00 */

/*
 * The clock every part of the program reads. `fixed` (tests, --now, the simulator) stops it at one
 * instant and lets each reading advance it by `step_us`; unset, it is the system's.
 */
struct clock {
    bool fixed;
    int64_t fixed_us, step_us;
};
struct instant clock_now(struct clock *clock);
struct date clock_today(struct clock *clock); /* in China's zone */
/* Stop the clock at noon, China's time, of a date. */
struct clock clock_at(struct date date);

#endif
