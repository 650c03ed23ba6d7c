package io.souffleur.tokenizer.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** Python's arithmetic on bool, int (of any size) and float. */
final class Numbers {
  private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private Numbers() {}

  /** A Long if the value fits, so that every integer has one form. */
  static Object shrink(BigInteger value) {
    return value.compareTo(LONG_MIN) >= 0 && value.compareTo(LONG_MAX) <= 0
        ? (Object) value.longValue()
        : value;
  }

  static BigInteger big(Object integer) {
    return switch (integer) {
      case BigInteger i -> i;
      case Boolean b -> b ? BigInteger.ONE : BigInteger.ZERO;
      default -> BigInteger.valueOf((Long) integer);
    };
  }

  /** The value of a bool or of an int that fits. */
  static long small(Object integer) {
    return switch (integer) {
      case Boolean b -> b ? 1 : 0;
      case Long l -> l;
      case BigInteger i -> throw Errors.failure("Python int too large to convert");
      case null -> throw notInteger(integer);
      default -> throw notInteger(integer);
    };
  }

  /** As {@link #small}, cut off at the range of an int. */
  static int clampedInt(Object integer) {
    if (integer instanceof BigInteger i) {
      return i.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    }
    return Math.clamp(small(integer), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  static RuntimeException notInteger(Object value) {
    if (value instanceof Undefined undefined) {
      return Errors.failure(undefined.message());
    }
    return Errors.failure("'" + Types.name(value) + "' object cannot be interpreted as an integer");
  }

  static double real(Object number) {
    return switch (number) {
      case Double d -> d;
      case BigInteger i -> {
        double d = i.doubleValue();
        if (Double.isInfinite(d)) {
          throw Errors.failure("int too large to convert to float");
        }
        yield d;
      }
      default -> (double) small(number);
    };
  }

  static Object negate(Object value) {
    return switch (value) {
      case Double d -> -d;
      case Boolean b -> b ? -1L : 0L;
      case Long l -> shrink(big(l).negate());
      case BigInteger i -> shrink(i.negate());
      case Undefined u -> throw Errors.failure(u.message());
      case null -> throw noUnary("-", value);
      default -> throw noUnary("-", value);
    };
  }

  static Object plus(Object value) {
    return switch (value) {
      case Double d -> d;
      case Boolean b -> b ? 1L : 0L;
      case Long l -> l;
      case BigInteger i -> i;
      case Undefined u -> throw Errors.failure(u.message());
      case null -> throw noUnary("+", value);
      default -> throw noUnary("+", value);
    };
  }

  private static RuntimeException noUnary(String operator, Object value) {
    return Errors.failure(
        "bad operand type for unary " + operator + ": '" + Types.name(value) + "'");
  }

  static Object absolute(Object value) {
    if (!Types.isNumber(value)) {
      throw Errors.failure("bad operand type for abs(): '" + Types.name(value) + "'");
    }
    return value instanceof Double d
        ? (Object) Math.abs(d)
        : big(value).signum() < 0 ? negate(value) : plus(value);
  }

  /** One arithmetic operator on two numbers. */
  static Object apply(String operator, Object left, Object right, Limits limits) {
    if (operator.equals("/")) {
      return divide(left, right);
    }
    if (left instanceof Double || right instanceof Double) {
      return reals(operator, real(left), real(right));
    }
    if (left instanceof Long a && right instanceof Long b) {
      long x = a;
      long y = b;
      try {
        switch (operator) {
          case "+":
            return Math.addExact(x, y);
          case "-":
            return Math.subtractExact(x, y);
          case "*":
            return Math.multiplyExact(x, y);
          default:
            break;
        }
      } catch (ArithmeticException overflow) {
        // the exact result follows below
      }
    }
    return integers(operator, big(left), big(right), limits);
  }

  private static Object integers(
      String operator, BigInteger left, BigInteger right, Limits limits) {
    return switch (operator) {
      case "+" -> bounded(left.add(right), limits);
      case "-" -> bounded(left.subtract(right), limits);
      case "*" -> bounded(left.multiply(right), limits);
      case "//" -> shrink(floorDivide(left, right)[0]);
      case "%" -> shrink(floorDivide(left, right)[1]);
      case "**" -> power(left, right, limits);
      default -> throw new IllegalStateException("no operator " + operator);
    };
  }

  private static BigInteger[] floorDivide(BigInteger left, BigInteger right) {
    if (right.signum() == 0) {
      throw Errors.failure("integer division or modulo by zero");
    }
    BigInteger[] parts = left.divideAndRemainder(right);
    if (parts[1].signum() != 0 && parts[1].signum() != right.signum()) {
      parts[0] = parts[0].subtract(BigInteger.ONE);
      parts[1] = parts[1].add(right);
    }
    return parts;
  }

  private static Object power(BigInteger base, BigInteger exponent, Limits limits) {
    if (exponent.signum() < 0) {
      return reals("**", real(shrink(base)), real(shrink(exponent)));
    }
    if (base.bitLength() <= 1 && base.abs().compareTo(BigInteger.ONE) <= 0) {
      boolean one = base.signum() != 0 && (base.signum() > 0 || !exponent.testBit(0));
      return exponent.signum() == 0 || one ? 1L : base.longValue();
    }
    if (exponent.bitLength() > 31
        || (base.bitLength() - 1L) * exponent.longValue() > limits.integerBits()) {
      throw tooBig(limits);
    }
    return bounded(base.pow(exponent.intValue()), limits);
  }

  private static Object bounded(BigInteger value, Limits limits) {
    if (value.bitLength() > limits.integerBits()) {
      throw tooBig(limits);
    }
    return shrink(value);
  }

  private static RuntimeException tooBig(Limits limits) {
    return Errors.limit("integerBits", limits.integerBits(), "bits of an integer");
  }

  private static Object divide(Object left, Object right) {
    if (real(right) == 0) {
      throw Errors.failure("division by zero");
    }
    if (left instanceof BigInteger || right instanceof BigInteger) {
      if (!(left instanceof Double) && !(right instanceof Double)) {
        return new BigDecimal(big(left))
            .divide(new BigDecimal(big(right)), new MathContext(60, RoundingMode.HALF_EVEN))
            .doubleValue();
      }
    }
    return real(left) / real(right);
  }

  private static Object reals(String operator, double left, double right) {
    return switch (operator) {
      case "+" -> left + right;
      case "-" -> left - right;
      case "*" -> left * right;
      case "//" -> floorDivide(left, right);
      case "%" -> modulo(left, right);
      case "**" -> power(left, right);
      default -> throw new IllegalStateException("no operator " + operator);
    };
  }

  private static double modulo(double left, double right) {
    if (right == 0) {
      throw Errors.failure("float modulo");
    }
    double rest = left % right;
    if (rest == 0) {
      return Math.copySign(0.0, right);
    }
    return rest < 0 == right < 0 ? rest : rest + right;
  }

  private static double floorDivide(double left, double right) {
    if (right == 0) {
      throw Errors.failure("float floor division by zero");
    }
    double quotient = (left - modulo(left, right)) / right;
    if (quotient == 0) {
      return Math.copySign(0.0, left / right);
    }
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  private static double power(double left, double right) {
    if (left == 0 && right < 0) {
      throw Errors.failure("0.0 cannot be raised to a negative power");
    }
    double result = left == 1 ? 1 : Math.pow(left, right);
    if (Double.isNaN(result) && !Double.isNaN(left) && !Double.isNaN(right)) {
      throw Errors.failure("complex numbers are not available in chat templates");
    }
    if (Double.isInfinite(result) && !Double.isInfinite(left) && !Double.isInfinite(right)) {
      throw Errors.failure("(34, 'Numerical result out of range')");
    }
    return result;
  }

  /** Rounds as Python's {@code round}: half to even, on the exact value. */
  static Object round(Object value, int digits) {
    if (!(value instanceof Double d)) {
      if (digits >= 0) {
        return plus(value);
      }
      if (digits < -5000) {
        return 0L;
      }
      return shrink(
          new BigDecimal(big(value)).setScale(digits, RoundingMode.HALF_EVEN).toBigInteger());
    }
    if (Double.isNaN(d) || Double.isInfinite(d) || digits > 330) {
      return d;
    }
    if (digits < -330) {
      return Math.copySign(0.0, d);
    }
    double rounded = new BigDecimal(d).setScale(digits, RoundingMode.HALF_EVEN).doubleValue();
    return rounded == 0 ? Math.copySign(0.0, d) : rounded;
  }
}
