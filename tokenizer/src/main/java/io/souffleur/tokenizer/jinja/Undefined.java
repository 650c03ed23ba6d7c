package io.souffleur.tokenizer.jinja;

/**
 * The value of a name, attribute or item that does not exist. It prints as nothing, is false and
 * empty; anything else fails with the message it carries.
 */
record Undefined(String message) {
  static Undefined name(String name) {
    return new Undefined(Repr.of(name) + " is undefined");
  }

  private static final int KEY_CHARS_MAX = 100;

  /** The result of looking up {@code key} in {@code owner} in vain. */
  static Undefined member(Object owner, Object key) {
    String type = switch (owner) {
      case null -> "None";
      default -> Types.name(owner) + " object";
    };
    if (key instanceof String longKey && longKey.length() > KEY_CHARS_MAX) {
      return member(owner, longKey.substring(0, KEY_CHARS_MAX));
    }
    return key instanceof String name
        ? new Undefined("'" + type + "' has no attribute " + Repr.of(name))
        : new Undefined(type + " has no element " + Repr.shallow(key));
  }

  /** The result of asking for something that a template may not touch. */
  static Undefined unsafe(Object owner, String name) {
    return new Undefined("access to attribute " + Repr.of(name) + " of '" + Types.name(owner)
        + "' object is unsafe.");
  }

  /** All undefined values are equal in templates. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Undefined;
  }

  @Override
  public int hashCode() {
    return 0;
  }
}
