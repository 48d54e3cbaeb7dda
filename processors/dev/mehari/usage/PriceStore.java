package dev.mehari.usage;

import dev.mehari.failure.StorageUnavailable;
import java.util.List;

/** Where operators' prices are kept. Methods block. */
public interface PriceStore {
    /** All, sorted by pattern. */
    List<ModelPrice> list() throws StorageUnavailable;

    /** Sets the price of its pattern, whether it had one or not. */
    void put(ModelPrice price) throws StorageUnavailable;

    /** False when the pattern had no price. */
    boolean delete(ModelPattern model) throws StorageUnavailable;
}
