package dev.farol.cli.yaml;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the text of a scalar reads as a value. */
final class Scalars {
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]{1,18}");
    private static final Pattern NUMBER =
            Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?");

    private Scalars() {}

    static @Nullable Object typed(Node.Scalar scalar) {
        if (!scalar.plain()) {
            return scalar.text();
        }
        if (scalar.isNull()) {
            return null;
        }
        Boolean flag = scalar.flag();
        if (flag != null) {
            return flag;
        }
        Long whole = integer(scalar);
        if (whole != null) {
            return whole;
        }
        BigDecimal number = number(scalar);
        return number == null ? scalar.text() : number;
    }

    /** A whole number, quoted or not: the service reads {@code "5"} as 5 too. */
    static @Nullable Long integer(Node.Scalar scalar) {
        return INTEGER.matcher(scalar.text()).matches() ? Long.valueOf(scalar.text()) : null;
    }

    static @Nullable BigDecimal number(Node.Scalar scalar) {
        return NUMBER.matcher(scalar.text()).matches() ? new BigDecimal(scalar.text()) : null;
    }
}
