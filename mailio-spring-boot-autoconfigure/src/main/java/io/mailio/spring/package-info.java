/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What an application with mailio writes: the annotation that makes a bean or a method a
 * handler, the customizer of the server, the port in tests. Scanning, events, lifecycle
 * and auto-configuration lie in the rooms below and are found by themselves.
 */
@NullMarked
package io.mailio.spring;

import org.jspecify.annotations.NullMarked;
