package dev.mehari.audit.proof;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is wrong with an audit.
 *
 * @param chain where; 0 when it is the whole export
 * @param first number of the first event that it is about; 0 when it is about none
 * @param last number of the last; the same for one event
 * @param what a sentence for people; may quote what somebody changed, so control characters become JSON escapes
 */
public record Problem(Kind kind, int chain, long first, long last, String what) {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");

    public Problem {
        what = CONTROL.matcher(what)
                .replaceAll(one -> Matcher.quoteReplacement(
                        String.format("\\u%04x", (int) one.group().charAt(0))));
    }

    /** What can be wrong. */
    public enum Kind {
        /** An event, or its link, is not what was written. */
        CHANGED,
        /** Events that were there are not, and no gateway says that they were dropped. */
        MISSING,
        /** An event is there twice, or comes before one that it was written after. */
        OUT_OF_PLACE,
        /** A signature is not that of the gateway. */
        BAD_SIGNATURE,
        /** A chain is signed with a key that nobody trusts. */
        UNKNOWN_KEY,
        /** A chain does not begin with what it says it follows. */
        BAD_ORIGIN,
        /** Events of a long time have no signature after them. */
        UNSIGNED,
        /** A line of the export says nothing. */
        UNREADABLE
    }
}
