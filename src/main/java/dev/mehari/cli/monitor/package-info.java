/**
 * What {@code mehari monitor} shows. A {@link dev.mehari.cli.monitor.Reading} is what the gateway said, {@link
 * dev.mehari.cli.monitor.Watch} adds what only the watcher knows: earlier readings, and for how long there was none. {@link
 * dev.mehari.cli.monitor.Screen} makes lines of it, each part of which has a class of its own; it knows no terminal and
 * is compared as text in tests. {@link dev.mehari.cli.monitor.TerminalMonitor} and {@link
 * dev.mehari.cli.monitor.TextMonitor} ask each second and show it. Start reading at {@link dev.mehari.cli.monitor.Screen}.
 */
@NullMarked
package dev.mehari.cli.monitor;

import org.jspecify.annotations.NullMarked;
