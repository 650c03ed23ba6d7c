/** Drives a server with OpenAI clients that others wrote; a program of its own. */
package io.souffleur.clients;
