package io.souffleur.clusterconfig.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;

/** What a flag takes, and which texts are such a value. */
public sealed interface ValueKind {
  /** What help and documents print in place of a value; empty for a bare flag. */
  String placeholder();

  /** Empty when the text is a value of this kind, otherwise the clause that says why not. */
  Optional<String> fault(String value);

  /** A bare flag: given or not. */
  record Switch() implements ValueKind {
    @Override
    public String placeholder() {
      return "";
    }

    @Override
    public Optional<String> fault(String value) {
      return Optional.of("ignored explicit argument '" + value + "'");
    }
  }

  /** Any text. */
  record Text(String placeholder) implements ValueKind {
    @Override
    public Optional<String> fault(String value) {
      return Optional.empty();
    }
  }

  /** A whole number in {@code [min, max]}. */
  record Whole(long min, long max) implements ValueKind {
    @Override
    public String placeholder() {
      return "N";
    }

    @Override
    public Optional<String> fault(String value) {
      try {
        return outside(Long.parseLong(value), min, max);
      } catch (NumberFormatException e) {
        return Optional.of("invalid int value: '" + value + "'");
      }
    }
  }

  /** A whole number that may carry a suffix, see {@link HumanNumber}; in {@code [min, max]}. */
  record Human(long min, long max) implements ValueKind {
    @Override
    public String placeholder() {
      return "N";
    }

    @Override
    public Optional<String> fault(String value) {
      var number = HumanNumber.parse(value);
      return number.isEmpty()
          ? Optional.of("invalid number: '" + value + "' (such as 4096, 25.6k, 1M, 4Ki)")
          : outside(number.getAsLong(), min, max);
    }
  }

  /** A number in {@code (above, max]} or {@code [above, max]}. */
  record Real(double above, boolean included, double max) implements ValueKind {
    @Override
    public String placeholder() {
      return "X";
    }

    @Override
    public Optional<String> fault(String value) {
      double number;
      try {
        number = Double.parseDouble(value);
      } catch (NumberFormatException e) {
        return Optional.of("invalid float value: '" + value + "'");
      }
      boolean inside = (included ? number >= above : number > above) && number <= max;
      return inside
          ? Optional.empty()
          : Optional.of(value + " is not in " + (included ? "[" : "(") + above + ", " + max + "]");
    }
  }

  /** A number above 0, or {@code inf} as Python spells it. */
  record Rate() implements ValueKind {
    private static final Real FINITE = new Real(0, false, Double.MAX_VALUE);

    /** {@code inf} is infinite. */
    static double parse(String value) {
      return value.equals("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(value);
    }

    @Override
    public String placeholder() {
      return "X";
    }

    @Override
    public Optional<String> fault(String value) {
      return value.equals("inf") ? Optional.empty() : FINITE.fault(value);
    }
  }

  /** A JSON object. */
  record Json() implements ValueKind {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Override
    public String placeholder() {
      return "JSON";
    }

    @Override
    public Optional<String> fault(String value) {
      try {
        return MAPPER.readTree(value).isObject()
            ? Optional.empty()
            : Optional.of("needs a JSON object, such as {\"key\": 1}, not '" + value + "'");
      } catch (JsonProcessingException e) {
        return Optional.of("invalid JSON: " + e.getOriginalMessage() + " in '" + value + "'");
      }
    }
  }

  /** One of a closed list. */
  record Choice(List<String> allowed) implements ValueKind {
    @Override
    public String placeholder() {
      return "NAME";
    }

    @Override
    public Optional<String> fault(String value) {
      return allowed.contains(value)
          ? Optional.empty()
          : Optional.of(
              "invalid choice: '" + value + "' (choose from " + String.join(", ", allowed) + ")");
    }
  }

  /** One or more values up to the next flag. */
  record Several(ValueKind each) implements ValueKind {
    @Override
    public String placeholder() {
      return each.placeholder() + " …";
    }

    @Override
    public Optional<String> fault(String value) {
      return each.fault(value);
    }
  }

  private static Optional<String> outside(long number, long min, long max) {
    return number >= min && number <= max
        ? Optional.empty()
        : Optional.of(number + " is not in " + min + "…" + max);
  }
}
