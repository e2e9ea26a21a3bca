#!/usr/bin/env node
/** The command line. */
export {};
