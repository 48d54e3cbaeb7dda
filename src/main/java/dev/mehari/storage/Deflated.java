package dev.mehari.storage;

import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Bytes made smaller (RFC 1951, as {@link Deflater} writes it), rather quickly than well. For one thread. */
final class Deflated {
    private static final int PORTION = 8192;

    private Deflated() {}

    static byte[] of(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(Math.max(64, bytes.length / 4));
            byte[] portion = new byte[PORTION];
            while (!deflater.finished()) {
                out.write(portion, 0, deflater.deflate(portion));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    /**
     * The bytes again.
     *
     * @param length how many there were
     * @throws DataFormatException when these are none, or more or fewer
     */
    static byte[] open(byte[] deflated, int length) throws DataFormatException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(deflated);
            byte[] bytes = new byte[length];
            int size = 0;
            while (size < length) {
                int more = inflater.inflate(bytes, size, length - size);
                if (more == 0) {
                    throw new DataFormatException("there are " + size + " bytes, not " + length);
                }
                size += more;
            }
            return bytes;
        } finally {
            inflater.end();
        }
    }
}
