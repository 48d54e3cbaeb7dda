/**
 * The command line: one class per command, registered in {@link dev.mehari.cli.Mehari}. A command reads its options, calls
 * the part of the program that does the work and prints what came of it, as text or, with {@code --json}, as one JSON
 * document. Exit codes: 0 done, 1 the thing asked for failed, 2 wrong use. Start reading at {@link dev.mehari.cli.Mehari}.
 */
@NullMarked
package dev.mehari.cli;

import org.jspecify.annotations.NullMarked;
