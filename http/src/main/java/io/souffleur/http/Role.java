package io.souffleur.http;

/** Who may use a route. Every route declares one; {@link Gate} asks for the key that goes with it. */
enum Role {
  /** Everybody: health and metrics, which load balancers and scrapers read without keys. */
  FREE,
  /** Whoever has the API key, if there is one. */
  USER,
  /** The operator: routes that change what other clients see. */
  ADMIN
}
