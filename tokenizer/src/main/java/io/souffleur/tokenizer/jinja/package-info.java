/**
 * A small Jinja interpreter: the part of the language that chat templates use, with the results of
 * jinja2 3.1 in the configuration of Hugging Face (immutable sandbox, {@code trim_blocks},
 * {@code lstrip_blocks}, loop controls, a JSON filter without HTML escaping).
 *
 * <p>Source text becomes tokens ({@code Lexer}), then a tree ({@code Parser}), then text
 * ({@code Renderer} for statements, {@code Evaluator} for expressions). There is no reflection:
 * every attribute, method, filter and test is a case in a switch here, so a template reaches nothing
 * else. Every way to spend time or memory is bounded by {@link io.souffleur.tokenizer.jinja.Limits}.
 *
 * <p>Python values as Java objects: {@code None} is null; {@code bool}, {@code int}, {@code float},
 * {@code str} are Boolean, Long or BigInteger, Double, String; {@code list} and {@code dict} are List
 * and Map in insertion order; tuples, ranges, generators, views and undefined have types here.
 */
package io.souffleur.tokenizer.jinja;
