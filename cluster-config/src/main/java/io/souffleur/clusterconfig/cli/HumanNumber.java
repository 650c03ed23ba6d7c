package io.souffleur.clusterconfig.cli;

import java.math.BigDecimal;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whole numbers as people write them: {@code 4096}, {@code 1k} = 1000, {@code 25.6k} = 25600,
 * {@code 1Ki} = 1024.
 *
 * <p>Case matters. Decimal suffixes take a fraction, binary ones do not; a fraction that leaves no
 * whole number is refused.
 */
final class HumanNumber {
  private static final Pattern FORM = Pattern.compile("(-?\\d+)(\\.\\d+)?([kMGT]|[KMGT]i)?");

  private static final Map<String, Long> FACTORS = Map.of(
      "k",
      1_000L,
      "M",
      1_000_000L,
      "G",
      1_000_000_000L,
      "T",
      1_000_000_000_000L,
      "Ki",
      1L << 10,
      "Mi",
      1L << 20,
      "Gi",
      1L << 30,
      "Ti",
      1L << 40);

  private HumanNumber() {}

  /** Empty when the text is no such number or does not fit a {@code long}. */
  static OptionalLong parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return OptionalLong.empty();
    }
    String suffix = form.group(3);
    boolean fraction = form.group(2) != null;
    if (suffix == null) {
      return fraction ? OptionalLong.empty() : exact(new BigDecimal(text));
    }
    Long factor = FACTORS.get(suffix);
    if (factor == null || (fraction && suffix.endsWith("i"))) {
      return OptionalLong.empty();
    }
    String number = form.group(1) + (fraction ? form.group(2) : "");
    return exact(new BigDecimal(number).multiply(BigDecimal.valueOf(factor)));
  }

  private static OptionalLong exact(BigDecimal value) {
    try {
      return OptionalLong.of(value.longValueExact());
    } catch (ArithmeticException e) {
      return OptionalLong.empty();
    }
  }
}
