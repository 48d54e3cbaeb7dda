package dev.mehari.storage;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.usage.ModelPattern;
import dev.mehari.usage.ModelPrice;
import dev.mehari.usage.PriceList;
import dev.mehari.usage.PriceStore;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Operators' prices in the table {@code model_price}, there in USD per million tokens with six decimals. */
public final class PriceTable implements PriceStore {
    /** Notified of every change, with the model. */
    public static final String CHANNEL = "mehari_model_price";

    private static final int DECIMALS = 6;

    private final Database database;

    public PriceTable(Database database) {
        this.database = database;
    }

    /** Keeps {@code prices} as this table is, whoever changes it. */
    public static void follow(ChangeListener listener, PriceList prices) {
        listener.subscribe(CHANNEL, new ChangeListener.Subscriber() {
            @Override
            public void changed(String payload) throws StorageUnavailable {
                prices.reload();
            }

            @Override
            public void anythingChanged() throws StorageUnavailable {
                prices.reload();
            }
        });
    }

    @Override
    public List<ModelPrice> list() throws StorageUnavailable {
        String sql = "select model, input, cached_input, cache_write, output from model_price order by model";
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            List<ModelPrice> prices = new ArrayList<>();
            while (rows.next()) {
                String model = rows.getString("model");
                if (ModelPattern.isValid(model)) { // SQL may have put anything there
                    prices.add(new ModelPrice(
                            new ModelPattern(model),
                            micros(rows, "input"),
                            micros(rows, "cached_input"),
                            micros(rows, "cache_write"),
                            micros(rows, "output")));
                }
            }
            return prices;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading prices", failure);
        }
    }

    @Override
    public void put(ModelPrice price) throws StorageUnavailable {
        String sql = "insert into model_price (model, input, cached_input, cache_write, output) values (?, ?, ?, ?, ?)"
                + " on conflict (model) do update set input = excluded.input, cached_input = excluded.cached_input,"
                + " cache_write = excluded.cache_write, output = excluded.output, updated_at = now()";
        try (Connection connection = database.connection();
                PreparedStatement upsert = connection.prepareStatement(sql)) {
            upsert.setString(1, price.model().text());
            upsert.setBigDecimal(2, dollars(price.input()));
            upsert.setBigDecimal(3, dollars(price.cachedInput()));
            upsert.setBigDecimal(4, dollars(price.cacheWrite()));
            upsert.setBigDecimal(5, dollars(price.output()));
            upsert.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("changing a price", failure);
        }
    }

    @Override
    public boolean delete(ModelPattern model) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement delete = connection.prepareStatement("delete from model_price where model = ?")) {
            delete.setString(1, model.text());
            return delete.executeUpdate() == 1;
        } catch (SQLException failure) {
            throw SqlOutage.during("deleting a price", failure);
        }
    }

    private static long micros(ResultSet row, String column) throws SQLException {
        return row.getBigDecimal(column).movePointRight(DECIMALS).longValueExact();
    }

    private static BigDecimal dollars(long micros) {
        return BigDecimal.valueOf(micros, DECIMALS);
    }
}
