package io.souffleur.contracts.tier;

/** What a tier keeps; each kind has cells, records and a budget of its own. */
public enum TierKind {
  /** The keys and values of one KV page. */
  PAGE("kv"),
  /** One recurrent-state slot: the states and convolution windows after a position. */
  STATE("state");

  private final String label;

  TierKind(String label) {
    this.label = label;
  }

  /** Short name for files and log lines. */
  public String label() {
    return label;
  }
}
