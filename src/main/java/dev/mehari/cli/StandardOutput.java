package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import org.jline.terminal.impl.exec.ExecTerminalProvider;
import org.jline.terminal.spi.SystemStream;
import org.jspecify.annotations.Nullable;

/**
 * Standard output of the process, in UTF-8. {@code System.out} swallows what goes wrong; this knows it, so that a command whose output
 * went nowhere does not end as if it were done. Commands that go on for long ask {@link #checkError()}. One thread.
 */
final class StandardOutput extends PrintWriter {
    private final Remembering stream;

    /** That of this process. */
    StandardOutput() {
        this(new Remembering(new FileOutputStream(FileDescriptor.out)));
    }

    private StandardOutput(Remembering stream) {
        super(new BufferedWriter(new OutputStreamWriter(stream, UTF_8)), true);
        this.stream = stream;
    }

    /**
     * The exit code of a command that would have ended with {@code code}. Says on {@code err} why its output could not be written, but
     * for a reader that has left, as {@code head} does: whoever wants no more needs no word.
     */
    int exitCode(int code, PrintWriter err) {
        flush();
        IOException failure = stream.failure;
        if (failure == null) {
            return code;
        }
        String why = String.valueOf(failure.getMessage());
        if (why.contains("Broken pipe")) {
            return ExitCode.READER_LEFT;
        }
        err.println("mehari: The output could not be written: " + why);
        err.flush();
        return code == ExitCode.DONE ? ExitCode.FAILED : code;
    }

    /** True when it is a terminal, whatever standard input is, which {@code System.console()} also asks for. */
    boolean isTerminal() {
        return new ExecTerminalProvider().isSystemStream(SystemStream.Output);
    }

    /** Remembers the first failure. */
    private static final class Remembering extends FilterOutputStream {
        private @Nullable IOException failure;

        Remembering(OutputStream stream) {
            super(stream);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                failure = failure == null ? e : failure;
                throw e;
            }
        }
    }
}
