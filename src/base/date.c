#include "base/date.h"

#include <time.h>

#include "base/arena.h"

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool date_is_valid(struct date date)
{
    return date.year >= 1 && date.year <= 9999 && date.month >= 1 && date.month <= 12 &&
           date.day >= 1 && date.day <= days_in_month(date.year, date.month);
}

bool date_parse(struct str text, struct date *ret_date)
{
    if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-')
        return false;
    int64_t year, month, day;
    struct str y = {text.ptr, 4}, m = {text.ptr + 5, 2}, d = {text.ptr + 8, 2};
    if (!str_to_int(y, &year) || !str_to_int(m, &month) || !str_to_int(d, &day))
        return false;
    struct date date = {(int)year, (int)month, (int)day};
    if (!date_is_valid(date))
        return false;
    *ret_date = date;
    return true;
}

struct str date_format(struct arena *arena, struct date date)
{
    if (!date_is_set(date))
        return STR("");
    return str_fmt(arena, "%04d-%02d-%02d", date.year, date.month, date.day);
}

struct str date_format_chinese(struct arena *arena, struct date date)
{
    if (!date_is_set(date))
        return STR("");
    return str_fmt(arena, "%d年%d月%d日", date.year, date.month, date.day);
}

/* Days from civil, after Howard Hinnant's "chrono-compatible low-level date algorithms". */
int64_t date_to_days(struct date date)
{
    int64_t y = date.year - (date.month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

struct date date_from_days(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int day = (int)(doy - (153 * mp + 2) / 5 + 1);
    int month = (int)(mp < 10 ? mp + 3 : mp - 9);
    return (struct date){(int)(yoe + era * 400 + (month <= 2)), month, day};
}

struct date date_add_days(struct date date, int64_t days)
{
    return date_from_days(date_to_days(date) + days);
}

struct date date_add_months(struct date date, int months)
{
    int total = date.year * 12 + date.month - 1 + months;
    struct date moved = {total / 12, total % 12 + 1, date.day};
    int last = days_in_month(moved.year, moved.month);
    if (moved.day > last)
        moved.day = last;
    return moved;
}

int date_cmp(struct date a, struct date b)
{
    int left = (a.year * 100 + a.month) * 100 + a.day;
    int right = (b.year * 100 + b.month) * 100 + b.day;
    return (left > right) - (left < right);
}

int date_weekday(struct date date)
{
    int64_t day = (date_to_days(date) + 4) % 7;
    return (int)(day < 0 ? day + 7 : day);
}

static const int64_t DAY_US = 86400LL * 1000000;

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

struct date instant_date(struct instant instant, int zone_min)
{
    return date_from_days(floor_div(instant.us + zone_min * 60000000LL, DAY_US));
}

struct str instant_format(struct arena *arena, struct instant instant, int zone_min)
{
    int64_t local = instant.us + zone_min * 60000000LL;
    struct date date = date_from_days(floor_div(local, DAY_US));
    int sec = (int)((local - floor_div(local, DAY_US) * DAY_US) / 1000000);
    int offset = zone_min < 0 ? -zone_min : zone_min;
    return str_fmt(arena, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", date.year, date.month,
                   date.day, sec / 3600, sec / 60 % 60, sec % 60, zone_min < 0 ? '-' : '+',
                   offset / 60, offset % 60);
}

struct instant clock_now(struct clock *clock)
{
    if (clock->fixed) {
        int64_t us = __atomic_fetch_add(&clock->fixed_us, clock->step_us, __ATOMIC_RELAXED);
        return (struct instant){us};
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (struct instant){now.tv_sec * 1000000LL + now.tv_nsec / 1000};
}

struct date clock_today(struct clock *clock)
{
    return instant_date(clock_now(clock), ZONE_CHINA_MIN);
}

struct clock clock_at(struct date date)
{
    int64_t noon = date_to_days(date) * DAY_US + DAY_US / 2 - ZONE_CHINA_MIN * 60000000LL;
    return (struct clock){.fixed = true, .fixed_us = noon, .step_us = 1000};
}
