/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/deadline.h"

#include <limits.h>

#include "base/clock.h"

#define OVER "the run's --timeout of %u s is over"

struct deadline
deadline_after(int64_t start_ms, unsigned given_ms)
{
	return (struct deadline){
		.is_set = given_ms > 0, .at_ms = start_ms + given_ms, .given_ms = given_ms
	};
}

bool
deadline_passed(const struct deadline *d)
{
	return d->is_set && clock_ms() >= d->at_ms;
}

int
deadline_left_ms(const struct deadline *d, int most_ms)
{
	int64_t left;

	if (!d->is_set)
		return most_ms;
	left = d->at_ms - clock_ms();
	if (left < 0)
		return 0;
	return left < most_ms ? (int)left : most_ms;
}

int
deadline_poll_ms(const struct deadline *d)
{
	return d->is_set ? deadline_left_ms(d, INT_MAX) : -1;
}

int64_t
deadline_cap(const struct deadline *d, int64_t at_ms)
{
	return d->is_set && d->at_ms < at_ms ? d->at_ms : at_ms;
}

int
deadline_error(const struct deadline *d, struct err *e)
{
	return err_set(e, E_TIMED_OUT, OVER, d->given_ms / 1000);
}

void
deadline_explain(const struct deadline *d, struct err *e)
{
	if (e->code == E_TIMED_OUT && deadline_passed(d))
		(void)err_wrap(e, OVER, d->given_ms / 1000);
}
