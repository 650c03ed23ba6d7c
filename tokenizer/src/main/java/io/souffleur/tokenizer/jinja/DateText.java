package io.souffleur.tokenizer.jinja;

import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.WeekFields;
import java.util.Locale;

/** {@code strftime} in the C locale, for a local time without a zone, as templates use it. */
final class DateText {
  private DateText() {}

  static String format(ZonedDateTime time, String format, Budget budget) {
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < format.length()) {
      char c = format.charAt(i++);
      if (c != '%' || i >= format.length()) {
        out.append(c);
        continue;
      }
      char flag = format.charAt(i);
      boolean flagged = (flag == '-' || flag == '_' || flag == '0') && i + 1 < format.length();
      char directive = format.charAt(flagged ? i + 1 : i);
      i += flagged ? 2 : 1;
      String text = directive(time, directive, budget);
      out.append(flagged ? repad(text, flag) : text);
      budget.fits(out.length());
    }
    return out.toString();
  }

  /** Changes the padding of a number: none for {@code -}, blanks for {@code _}. */
  private static String repad(String text, char flag) {
    int zeros = 0;
    while (zeros < text.length() - 1 && (text.charAt(zeros) == '0' || text.charAt(zeros) == ' ')) {
      zeros++;
    }
    String rest = text.substring(zeros);
    return switch (flag) {
      case '-' -> rest;
      case '_' -> " ".repeat(zeros) + rest;
      default -> "0".repeat(zeros) + rest;
    };
  }

  private static String directive(ZonedDateTime t, char directive, Budget budget) {
    int hour12 = t.getHour() % 12 == 0 ? 12 : t.getHour() % 12;
    int sunday0 = t.getDayOfWeek().getValue() % 7;
    return switch (directive) {
      case 'Y' -> String.valueOf(t.getYear());
      case 'C' -> two(t.getYear() / 100);
      case 'y' -> two(t.getYear() % 100);
      case 'm' -> two(t.getMonthValue());
      case 'd' -> two(t.getDayOfMonth());
      case 'e' -> blank(t.getDayOfMonth());
      case 'H' -> two(t.getHour());
      case 'I' -> two(hour12);
      case 'k' -> blank(t.getHour());
      case 'l' -> blank(hour12);
      case 'M' -> two(t.getMinute());
      case 'S' -> two(t.getSecond());
      case 'f' -> String.format("%06d", t.getNano() / 1000);
      case 'j' -> String.format("%03d", t.getDayOfYear());
      case 'p' -> t.getHour() < 12 ? "AM" : "PM";
      case 'P' -> t.getHour() < 12 ? "am" : "pm";
      case 'a' -> t.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'A' -> t.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'b', 'h' -> t.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'B' -> t.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'u' -> String.valueOf(t.getDayOfWeek().getValue());
      case 'w' -> String.valueOf(sunday0);
      case 'U' -> two((t.getDayOfYear() + 6 - sunday0) / 7);
      case 'W' -> two((t.getDayOfYear() + 6 - (sunday0 + 6) % 7) / 7);
      case 'V' -> two(t.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case 'G' -> String.valueOf(t.get(IsoFields.WEEK_BASED_YEAR));
      case 'g' -> two(t.get(WeekFields.ISO.weekBasedYear()) % 100);
      case 's' -> String.valueOf(t.truncatedTo(ChronoUnit.SECONDS).toEpochSecond());
      case 'F' -> format(t, "%Y-%m-%d", budget);
      case 'T', 'X' -> format(t, "%H:%M:%S", budget);
      case 'R' -> format(t, "%H:%M", budget);
      case 'r' -> format(t, "%I:%M:%S %p", budget);
      case 'D', 'x' -> format(t, "%m/%d/%y", budget);
      case 'c' -> format(t, "%a %b %e %H:%M:%S %Y", budget);
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'z', 'Z' -> "";
      case '%' -> "%";
      default -> "%" + directive;
    };
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : String.valueOf(number);
  }

  private static String blank(int number) {
    return number < 10 ? " " + number : String.valueOf(number);
  }
}
