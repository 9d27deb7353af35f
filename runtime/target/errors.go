package target

import (
	"context"
	"errors"
	"time"
)

// ClassOf sorts any error: that of the Error inside, Timeout for a deadline that passed, Other for the rest.
func ClassOf(err error) Class {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Class
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	}
	return Other
}

// MayRetry says whether the same call may succeed later (TG-114). Throttled, unavailable, timed out calls may; credentials, invalid
// wishes, things that are not there never become right by asking again. The rest as the error itself says (Error.Retry).
func MayRetry(err error) bool {
	var e *Error
	switch ClassOf(err) {
	case Throttled, Unavailable, Timeout:
		return true
	case Credentials, Invalid, NotFound:
		return false
	}
	return errors.As(err, &e) && e.Retry
}

// pause is how long the infrastructure asked us to stay away; 0 when it did not.
func pause(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.Wait
	}
	return 0
}
