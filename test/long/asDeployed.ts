// As the image sets it, before anything is loaded: in development graphql-js looks twice at each value that it is sent.
process.env['NODE_ENV'] = 'production';
