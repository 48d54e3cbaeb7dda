/**
 * When an operator is to be told that this instance has trouble: levels of concurrency, queue and refusals, each an alert that
 * is raised at once when its value passes it and cleared when the value has kept below for a while, so that one trouble is one
 * event and not hundreds. Once a second, beside the path, {@link dev.mehari.alert.AlertWatch} looks at what is counted anyway.
 * Where events go is decided by a route, {@code routes/alerts.camel.yaml}. Start reading at
 * {@link dev.mehari.alert.AlertWatch}.
 */
@NullMarked
package dev.mehari.alert;

import org.jspecify.annotations.NullMarked;
