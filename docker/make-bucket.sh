#!/bin/sh
# Makes the bucket (with object lock, which can only be switched on at its birth) and the application's own key, which
# may use that one bucket and cannot lift a lock. Safe to repeat.
set -eu
mc=$(command -v mc || command -v mcli)
"$mc" alias set store http://s3:9000 "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD"
"$mc" mb --ignore-existing --with-lock store/greencase
"$mc" version enable store/greencase
"$mc" admin user add store greencase "$GREENCASE_S3_SECRET_KEY"
"$mc" admin policy create store greencase /setup/bucket-policy.json
"$mc" admin policy attach store greencase --user greencase || true # already attached
