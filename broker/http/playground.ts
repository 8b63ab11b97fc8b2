import express, { type RequestHandler } from 'express';

/** The built Figma host, as files. Nothing is cached: it is rebuilt at every start. */
export function playground(directory: string): RequestHandler {
  return express.static(directory, {
    cacheControl: false,
    etag: false,
    setHeaders: (res) => res.set('Cache-Control', 'no-store'),
  });
}
