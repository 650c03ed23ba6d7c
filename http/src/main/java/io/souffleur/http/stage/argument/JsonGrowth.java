package io.souffleur.http.stage.argument;

/**
 * Writes a JSON value in the form of {@link JsonText} while its parts come in.
 *
 * <p>What was written so far is always the start of a value that {@link #ending} ends: a key waits for
 * its value, and the first half of a surrogate pair for its second. Owned by one stage.
 */
public final class JsonGrowth implements JsonScanner.Events {
  private final StringBuilder written = new StringBuilder();
  private final StringBuilder closers = new StringBuilder();
  private final StringBuilder key = new StringBuilder();
  private boolean first = true;
  private boolean inKey;
  private boolean inString;
  private char high;

  /** What was written since the last call. */
  public String take() {
    String taken = written.toString();
    written.setLength(0);
    return taken;
  }

  /** What ends the value here; empty when it is whole. */
  public String ending() {
    return (inString ? "\"" : "") + new StringBuilder(closers).reverse();
  }

  /** Whether all that was opened is closed. */
  public boolean whole() {
    return closers.isEmpty() && !inString;
  }

  @Override
  public void open(char bracket) {
    beginValue();
    written.append(bracket);
    closers.append(bracket == '{' ? '}' : ']');
    first = true;
  }

  @Override
  public void close(char bracket) {
    written.append(bracket);
    closers.setLength(closers.length() - 1);
    first = false;
  }

  @Override
  public void beginString(boolean isKey) {
    inKey = isKey;
    if (isKey) {
      key.append(first ? "" : ", ");
      first = true;
    } else {
      beginValue();
      inString = true;
    }
    target().append('"');
  }

  @Override
  public void character(char c) {
    if (high != 0 && Character.isLowSurrogate(c)) {
      target().append(high).append(c);
      high = 0;
      return;
    }
    endHalf();
    if (Character.isHighSurrogate(c)) {
      high = c;
    } else {
      JsonText.character(c, target());
    }
  }

  @Override
  public void endString() {
    endHalf();
    target().append('"');
    if (inKey) {
      key.append(": ");
    } else {
      inString = false;
      first = false;
    }
    inKey = false;
  }

  @Override
  public void scalar(String json) {
    beginValue();
    written.append(json);
    first = false;
  }

  private void beginValue() {
    written.append(key).append(first ? "" : ", ");
    key.setLength(0);
  }

  private StringBuilder target() {
    return inKey ? key : written;
  }

  /** A high surrogate without its other half is escaped. */
  private void endHalf() {
    if (high != 0) {
      JsonText.character(high, target());
      high = 0;
    }
  }
}
