package dev.mehari.cli;

/** Exit codes of every command. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USE = 2;
    /** As of a process that is ended by SIGPIPE. */
    static final int READER_LEFT = 141;

    private ExitCode() {}
}
